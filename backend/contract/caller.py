"""What a caller may say of a prediction beside its inputs: names and limits, for forms and files."""

from storage.schema.caller import LONGEST_METADATA_NAME as LONGEST_METADATA_NAME
from storage.schema.caller import LONGEST_METADATA_VALUE as LONGEST_METADATA_VALUE
from storage.schema.caller import LONGEST_REFERENCE as LONGEST_REFERENCE
from storage.schema.caller import REFERENCE as REFERENCE
