INSTALLED_APPS = ["forum"]
ROOT_URLCONF = "project_name.urls"
