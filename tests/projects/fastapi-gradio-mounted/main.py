import gradio as gr
from fastapi import FastAPI

app = FastAPI()
with gr.Blocks() as demo:
    gr.Markdown("hello")

app = gr.mount_gradio_app(app, demo, path="/ui")
