"""What would a reviewer say of somebody's own Dockerfile? One file of rules a subject; `check` asks them all."""
