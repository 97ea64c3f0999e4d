"""``python -m attime``, the same as the command ``attime``."""

import sys

from attime.cli.main import main

sys.exit(main())
