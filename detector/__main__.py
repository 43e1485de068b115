"""`python -m detector` runs the command `herdmap`, for when its script is not on the PATH."""

from detector.cli import main

if __name__ == "__main__":
    main()
