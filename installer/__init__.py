"""How the Windows program is built: a folder by PyInstaller, a setup program by NSIS. See WINDOWS_CHECKLIST.md."""
