match = 1
print 'hello'
