from decouple import config

PORT = config('PORT', default=9100, cast=int)
