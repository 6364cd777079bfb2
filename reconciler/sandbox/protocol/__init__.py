"""How a request and an answer are written: values, problem documents, queries and bodies."""
