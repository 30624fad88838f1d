INSTALLED_APPS = []
ROOT_URLCONF = 'project_template.urls'
WSGI_APPLICATION = 'project_template.wsgi.application'
