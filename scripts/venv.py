"""Make a virtual environment, or say in one line why it cannot be made."""

import subprocess
import sys

if sys.version_info < (3, 11):
    sys.exit(f"Python {sys.version.split()[0]} is too old: Herdmap needs 3.11 or newer; set PYTHON=/path/to/python3.11")
if subprocess.run([sys.executable, "-m", "venv", "--clear", sys.argv[1]], check=False).returncode:
    sys.exit("this Python cannot make environments: on Debian and Ubuntu, apt-get install python3-venv")
