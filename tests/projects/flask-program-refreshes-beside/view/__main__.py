from view.main import main

main()
