"""`python -m detector`: the command `herdmap`, where its script is not on the PATH."""

from detector.cli import main

if __name__ == "__main__":
    main()
