import sys

import shop.main

sys.exit(shop.main.main())
