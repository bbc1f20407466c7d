"""The only room with SQL. One module per noun; `database` opens transactions, `schema` holds what the tables share."""
