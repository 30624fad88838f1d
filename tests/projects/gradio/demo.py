import gradio as gr

with gr.Blocks() as demo:
    gr.Markdown("hello")

demo.queue().launch(server_name="0.0.0.0")
