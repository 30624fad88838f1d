import streamlit as st

from charts import chart

st.write(chart())
