"""`python -m sync.sandbox --port P --script FILE --journal FILE`."""

import sys

from sync.sandbox.launch import main

sys.exit(main())
