"""Many rows in one statement whose text is always the same: SQLite reads them from one JSON document, PostgreSQL from one array a column.
And many values to look for, which both read from a JSON list.

An executemany would step into the database once a row. SQLite's driver gives up the interpreter's lock at each step, and the writer of
answers would wait for it again every time; PostgreSQL would be asked once a row.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, Dialect, Table, Text, TextClause, insert, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Columns = tuple[Column[object], ...]
Rows = Sequence[Sequence[object]]
_Write = Callable[[object], object]
FEW = 1_000
"""Values that are a parameter each; a batch of answers never names more."""


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    if len(rows) == 1:  # one row is cheaper without a document around it
        connection.execute(insert(table), rows)
        return
    columns = tuple(table.c[name] for name in rows[0])
    names = ", ".join(column.name for column in columns)
    statement = _statement(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {rows_of(connection, columns)}")  # noqa: S608  # our names
    connection.execute(statement, parameters(connection, columns, [[row[column.name] for column in columns] for row in rows]))


def update_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Set every other named column of the rows with these `id`s; returns how many there were."""
    if not rows:
        return 0
    columns = tuple(table.c[name] for name in rows[0])
    to = ", ".join(f"{column.name} = given.{column.name}" for column in columns if column.name != "id")
    source = rows_of(connection, columns)
    statement = _statement(f"UPDATE {table.name} SET {to} FROM {source} AS given WHERE {table.name}.id = given.id")  # noqa: S608  # our names
    given = parameters(connection, columns, [[row[column.name] for column in columns] for row in rows])
    return connection.execute(statement, given).rowcount


class _Each(FunctionElement[str]):
    """The texts of a JSON list, as the rows of a query in brackets."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _each_of_sqlite(each: _Each, compiler: SQLCompiler, **how: object) -> str:
    return f"(SELECT value FROM json_each({compiler.process(each.clauses, **how)}))"  # noqa: S608  # a parameter


@compiles(_Each, "postgresql")
def _each_of_postgresql(each: _Each, compiler: SQLCompiler, **how: object) -> str:
    return f"(SELECT json_array_elements_text(CAST({compiler.process(each.clauses, **how)} AS JSON)))"


def among(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Write that a column has one of these values, however many: a statement takes 32,766 parameters of SQLite, 65,535 of PostgreSQL."""
    if len(values) <= FEW:
        return column.in_(values)
    return column.bool_op("IN")(_Each(literal(json.dumps(list(values)), Text)))


def rows_of(connection: Connection, columns: Columns) -> str:
    """Write the rows as a table expression with these columns, to be filled by `parameters`."""
    return _rows_of(connection.dialect, columns)


def parameters(connection: Connection, columns: Columns, rows: Rows) -> dict[str, object]:
    """Return what fills the table expression of `rows_of`."""
    writers = _writers(connection.dialect, columns)
    written = [[value if write is None else write(value) for write, value in zip(writers, row, strict=True)] for row in rows]
    if connection.dialect.name == "sqlite":
        return {"given_rows": json.dumps(written)}
    return {f"given_{column.name}": list(values) for column, values in zip(columns, zip(*written, strict=True), strict=True)}


@lru_cache(maxsize=128)
def _statement(words: str) -> TextClause:
    return text(words)


@lru_cache(maxsize=128)
def _rows_of(dialect: Dialect, columns: Columns) -> str:
    if dialect.name == "sqlite":
        parts = ", ".join(f"json_extract(value, '$[{place}]') AS {column.name}" for place, column in enumerate(columns))
        return f"(SELECT {parts} FROM json_each(:given_rows))"  # noqa: S608  # names of our own columns
    names = ", ".join(column.name for column in columns)
    arrays = ", ".join(f"CAST(:given_{column.name} AS {_array(column, dialect)})" for column in columns)
    parts = ", ".join(f"CAST({column.name} AS JSON) AS {column.name}" if _is_json(column) else column.name for column in columns)
    return f"(SELECT {parts} FROM unnest({arrays}) AS arrays({names}))"  # noqa: S608  # names of our own columns


def _array(column: Column[object], dialect: Dialect) -> str:
    return "TEXT[]" if _is_json(column) else f"{column.type.compile(dialect)}[]"


def _is_json(column: Column[object]) -> bool:
    return isinstance(column.type, JSON)


@lru_cache(maxsize=128)
def _writers(dialect: Dialect, columns: Columns) -> tuple[_Write | None, ...]:
    """Return how each column's values are written; the types that need no writing have None."""
    return tuple(json.dumps if _is_json(column) else column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)
