"""What every report tells, as plain data made from a run alone: no part of it knows a library that draws or prints."""
