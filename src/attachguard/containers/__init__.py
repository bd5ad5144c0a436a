"""Parts read as containers: what the inspectors of one part share, each reading made once and charged to the part."""
