import yaml

x = 1
