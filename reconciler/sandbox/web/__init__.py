"""The portal behind a socket: routes, the application, the server."""
