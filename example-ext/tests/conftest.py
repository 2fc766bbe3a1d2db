"""What the tests share."""

import os

# The pages of these tests are on this machine: a proxy of the environment could not reach them.
os.environ["NO_PROXY"] = "127.0.0.1"
