import boto3

print(boto3)
