"""What is seen: Qt only. No SQL, no table files, no network; those are service calls through the task runner."""
