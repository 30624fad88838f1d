module kubeship.test/pause

go 1.24
