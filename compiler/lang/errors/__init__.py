"""Every sentence that the language stage says about a spec, a file a subject. Finding is elsewhere; wording is here."""

from compiler.lang.errors.analysis import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.cases import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.composition import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.names import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.planning import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.reading import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.sentences import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.structure import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.units import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
from compiler.lang.errors.wording import *  # noqa: F403 - finders say `errors.unknown_name`, wherever it stands
