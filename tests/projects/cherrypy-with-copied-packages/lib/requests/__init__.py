import certifi
import idna
