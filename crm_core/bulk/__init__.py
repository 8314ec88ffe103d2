"""One change of many records: looked at beforehand, carried out in batches, undone as one."""
