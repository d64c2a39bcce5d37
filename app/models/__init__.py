"""What is stored: tables and enums, no logic beyond constraints."""
