from sandbox.api import Sandbox as Sandbox
