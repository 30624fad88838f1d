"""How do the lines of logs look? On a terminal each pod has a colour; for programs each line is JSON."""

import zlib
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from kubeship.model.logs import LogEntry
from kubeship.ui.document import event_line

COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


@dataclass
class LogPrinter:
    """Prints entries, each behind the name of its pod."""

    console: Console
    json: bool = False
    timestamps: bool = False
    bare: bool = False
    """Only what was said: there is one source."""
    count: int = field(default=0, init=False)

    def __call__(self, entry: LogEntry) -> None:
        """Print one entry."""
        self.count += 1
        if self.json:
            self.console.file.write(event_line(entry))
        elif self.bare:
            self.console.file.write(entry.text + "\n")
        else:
            colour = COLOURS[zlib.crc32(entry.pod.encode()) % len(COLOURS)]
            moment = (entry.moment[:23] + " ", "dim") if self.timestamps else ""
            text = Text.assemble((f"{entry.pod} ", colour), moment, entry.text)
            self.console.print(text, highlight=False, soft_wrap=True)
        self.console.file.flush()
