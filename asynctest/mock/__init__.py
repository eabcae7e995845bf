"""Stand-ins for what the tested code calls."""

from unittest.mock import ANY as ANY
from unittest.mock import DEFAULT as DEFAULT
from unittest.mock import AsyncMock as AsyncMock
from unittest.mock import PropertyMock as PropertyMock
from unittest.mock import call as call
from unittest.mock import mock_open as mock_open
from unittest.mock import seal as seal
from unittest.mock import sentinel as sentinel

from ._autospec import create_autospec as create_autospec
from ._family import CoroutineMock as CoroutineMock
from ._family import MagicMock as MagicMock
from ._family import Mock as Mock
from ._family import NonCallableMagicMock as NonCallableMagicMock
from ._family import NonCallableMock as NonCallableMock
