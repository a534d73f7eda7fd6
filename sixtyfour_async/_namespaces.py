"""``client.people``, ``client.search`` …: one line per operation, each with its operation's own signature."""

from __future__ import annotations

from sixtyfour_async import operations as ops
from sixtyfour_async._bindings import Call, Either, Namespace, Start


class People(Namespace):
    """Research people, find and reverse their addresses and numbers."""

    intelligence = Either(ops.PeopleIntelligence)
    find_email = Either(ops.FindEmail)
    find_phone = Either(ops.FindPhone)
    reverse_email = Either(ops.ReverseEmail)
    reverse_phone = Either(ops.ReversePhone)


class Company(Namespace):
    """Research companies."""

    intelligence = Either(ops.CompanyIntelligence)


class Agents(Namespace):
    """Judge a record, or research anything about it."""

    qa = Either(ops.QAAgent)
    research = Either(ops.ResearchAgent)


class Jobs(Namespace):
    """Look at a job by its id."""

    status = Call(ops.GetJobStatus)


class Search(Namespace):
    """Search people and companies."""

    start_deep_search = Start(ops.DeepSearch)
    status = Call(ops.GetSearchStatus)
    download = Call(ops.DownloadSearch)


class Workflows(Namespace):
    """Run workflows and fetch what they made."""

    run = Start(ops.RunWorkflow)
    list = Call(ops.ListWorkflows)
    runs = Call(ops.ListRuns)
    live_status = Call(ops.GetLiveStatus)
    download_links = Call(ops.GetDownloadLinks)
    cancel = Call(ops.CancelRun)


class Account(Namespace):
    """The credits left."""

    check_balance = Call(ops.CheckBalance)
