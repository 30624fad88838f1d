from telegram.ext import ApplicationBuilder

if __name__ == "__main__":
    ApplicationBuilder().token("none").build().run_polling()
