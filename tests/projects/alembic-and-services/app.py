import os

import boto3
from fastapi import FastAPI

app = FastAPI()
bucket = boto3.client("s3")
brokers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
