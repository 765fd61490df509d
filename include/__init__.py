"""The product itself, from the domain's rules to perception, judgement, storage, reports and the gateway's client.

Never here: DAGs, routes, pages, commands and the steps of a flow, which live in `dags`, `live_gateway`, `cli` and
`tasks`.
"""
