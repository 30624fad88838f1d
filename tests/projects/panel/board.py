import panel as pn

pn.Column("hello").servable()
