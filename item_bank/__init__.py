"""Items and forms, and the QTI that items are made of (qti/). Pure: no SQL, HTTP, Redis, files or clock."""
