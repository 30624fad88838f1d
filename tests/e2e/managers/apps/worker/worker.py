import time

import markupsafe

if __name__ == "__main__":
    while True:
        print(f"works with {markupsafe.escape('<work>')}", flush=True)
        time.sleep(60)
