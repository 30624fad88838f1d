import streamlit as st

st.title('bot')
