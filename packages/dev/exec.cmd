@rem What `exec` is to a shell of Unix, for package.json scripts on Windows: they run from this folder.
@%*
