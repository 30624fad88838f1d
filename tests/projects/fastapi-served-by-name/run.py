import uvicorn

if __name__ == "__main__":
    uvicorn.run("api.public:app", host="0.0.0.0")
