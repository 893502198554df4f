"""Reports of many incidents: each made in a process of its own, and none made twice."""
