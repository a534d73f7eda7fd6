"""``client.people``, ``client.search`` …: one line per operation, each with its operation's own signature.

A method that only starts a job is bound with `Start`: it returns a `Job`, its documentation begins with "Start a job",
and it is called ``start_…``, but for ``workflows.run`` and ``search.exclusion_lists.create``, which keep the verbs of
their namespace. Every other method answers in the request; where there is a job too, ``.submit(…)`` starts it. Things
that are stored are handled with ``create``, ``list``, ``get``, ``update`` and ``delete``.

Type checkers and editors read ``namespaces.pyi``; ``python -m tests.surface.stubs`` regenerates it.
"""

from __future__ import annotations

from sixtyfour_async import operations as ops
from sixtyfour_async._client.bindings import Call, Either, Events, Group, Namespace, Pages, Start


class People(Namespace):
    """Research people, find and reverse their addresses and numbers."""

    intelligence = Either(ops.PeopleIntelligence)
    start_bulk_intelligence = Start(ops.BulkPeopleIntelligence)
    enrich_lead = Either(ops.EnrichLead)
    find_email = Either(ops.FindEmail)
    find_email_bulk = Either(ops.FindEmailBulk)
    find_phone = Either(ops.FindPhone)
    find_phone_bulk = Either(ops.FindPhoneBulk)
    reverse_email = Either(ops.ReverseEmail)
    reverse_email_bulk = Either(ops.ReverseEmailBulk)
    reverse_phone = Either(ops.ReversePhone)
    reverse_phone_bulk = Either(ops.ReversePhoneBulk)
    enrich_linkedin = Call(ops.EnrichLinkedIn)
    get_linkedin = Call(ops.GetLinkedIn)
    start_verify_age = Start(ops.VerifyAge)
    verify_age_status = Call(ops.GetAgeStatus)
    enrich_dataframe = Call(ops.EnrichDataframe)
    find_email_v2 = Either(ops.FindEmailV2)
    find_email_v2_bulk = Either(ops.FindEmailV2Bulk)
    find_phone_v2 = Either(ops.FindPhoneV2)
    find_phone_v2_bulk = Either(ops.FindPhoneV2Bulk)


class Company(Namespace):
    """Research companies."""

    intelligence = Either(ops.CompanyIntelligence)
    start_bulk_intelligence = Start(ops.BulkCompanyIntelligence)
    enrich_company = Either(ops.EnrichCompany)
    enrich_company_v2 = Either(ops.EnrichCompanyV2)


class Agents(Namespace):
    """Qualify a record against criteria, or research open questions about it."""

    qa = Either(ops.QAAgent)
    research = Either(ops.ResearchAgent)


class Jobs(Namespace):
    """Poll a job by its id."""

    status = Call(ops.GetJobStatus)


class ExclusionLists(Namespace):
    """Saved lists of people or companies that searches leave out."""

    create = Start(ops.CreateExclusionList)
    list = Call(ops.ListExclusionLists)
    get = Call(ops.GetExclusionList)
    delete = Call(ops.DeleteExclusionList)


class History(Namespace):
    """Past searches of the user the key belongs to."""

    list = Pages(ops.ListSearchHistory)
    get = Call(ops.GetPastSearch)
    volume = Call(ops.GetSearchVolume)
    favourite = Call(ops.MarkFavourite)
    delete = Call(ops.DeletePastSearch)
    delete_all = Call(ops.DeleteSearchHistory)


class Search(Namespace):
    """Search people and companies."""

    start_deep_search = Start(ops.DeepSearch)
    status = Call(ops.GetSearchStatus)
    deep_search_status = Call(ops.GetDeepSearchStatus)
    download = Call(ops.DownloadSearch)
    query = Pages(ops.QuerySearch)
    start_export = Start(ops.ExportSearch)
    filter_search = Pages(ops.StartFilterSearch)
    filter_capabilities = Call(ops.GetFilterCapabilities)
    filter_field_values = Call(ops.GetFieldValues)
    autocomplete = Call(ops.Autocomplete)
    limits = Call(ops.GetSearchLimits)
    start_lookalike = Start(ops.Lookalike)
    lookalike_status = Call(ops.GetLookalikeStatus)
    generate_title = Call(ops.GenerateTitle)
    exclusion_lists = Group(ExclusionLists)
    history = Group(History)


class RestWorkflows(Namespace):
    """The REST-style routes that an older third-party reference gives for workflows; unconfirmed."""

    create = Call(ops.PostWorkflow)
    update = Call(ops.PatchWorkflow)
    delete = Call(ops.RemoveWorkflow)


class Workflows(Namespace):
    """Define and run workflows and fetch what they made."""

    create = Call(ops.CreateWorkflow)
    update = Call(ops.UpdateWorkflow)
    delete = Call(ops.DeleteWorkflow)
    list = Call(ops.ListWorkflows)
    get = Call(ops.GetWorkflow)
    blocks = Call(ops.ListBlocks)
    run = Start(ops.RunWorkflow)
    runs = Call(ops.ListRuns)
    live_status = Call(ops.GetLiveStatus)
    download_links = Call(ops.GetDownloadLinks)
    cancel = Call(ops.CancelRun)
    rest = Group(RestWorkflows)


class Schedules(Namespace):
    """Workflows that run by the clock."""

    create = Call(ops.CreateSchedule)
    list = Call(ops.ListSchedules)
    get = Call(ops.GetSchedule)
    update = Call(ops.UpdateSchedule)
    delete = Call(ops.DeleteSchedule)
    disable_bound = Call(ops.DisableBoundSchedules)
    active_counts = Call(ops.CountActiveSchedules)


class Storage(Namespace):
    """Upload files, and refer to them by handle in later calls."""

    upload_csv = Call(ops.UploadCSV)


class Account(Namespace):
    """Credit balance and usage of the account."""

    check_balance = Call(ops.CheckBalance)
    usage = Call(ops.GetUsage)


class Structs(Namespace):
    """Generate a ``struct``, the fields to research, from a description."""

    generate = Call(ops.GenerateStruct)


class SigningSecrets(Namespace):
    """The secret that signs webhooks; administrators only."""

    get = Call(ops.GetSigningSecret)
    create = Call(ops.CreateSigningSecret)
    delete = Call(ops.DeleteSigningSecret)
    roll = Call(ops.RollSigningSecret)


class Webhooks(Namespace):
    """What the service posts to you."""

    signing_secret = Group(SigningSecrets)


class OAuthClients(Namespace):
    """The OAuth clients of an organization and their keys; administrators only."""

    create = Call(ops.CreateOAuthClient)
    list = Call(ops.ListOAuthClients)
    get = Call(ops.GetOAuthClient)
    update = Call(ops.UpdateOAuthClient)
    delete = Call(ops.DeleteOAuthClient)
    add_key = Call(ops.AddOAuthKey)
    keys = Call(ops.ListOAuthKeys)
    revoke_key = Call(ops.RevokeOAuthKey)
    validate_jwks = Call(ops.ValidateJWKS)


class OAuth(Namespace):
    """Tokens instead of a key."""

    metadata = Call(ops.GetOAuthMetadata)
    token = Call(ops.CreateToken)
    clients = Group(OAuthClients)


class OrgChart(Namespace):
    """Org charts, by an older specification; ``company.intelligence`` supersedes them."""

    filter_capabilities = Call(ops.GetOrgChartCapabilities)
    find_people = Call(ops.FindOrgChartPeople)
    full = Call(ops.GetFullOrgChart)


class Chat(Namespace):
    """Unpublished: the dashboard's chat."""

    send = Events(ops.Chat)
    stop = Call(ops.StopChat)
    approve = Call(ops.ApproveInChat)
    create_session = Call(ops.CreateChatSession)
    list_sessions = Call(ops.ListChatSessions)
    get_session = Call(ops.GetChatSession)
    rename_session = Call(ops.RenameChatSession)
    delete_session = Call(ops.DeleteChatSession)
    stream_session = Events(ops.StreamChatSession)
    get_engine = Call(ops.GetChatEngine)
    mark_read = Call(ops.MarkChatRead)
    get_settings = Call(ops.GetChatSettings)
    update_settings = Call(ops.UpdateChatSettings)


class Workspaces(Namespace):
    """Unpublished: the dashboard's workspaces."""

    create = Call(ops.CreateWorkspace)
    get = Call(ops.GetWorkspace)
    mount_viewer = Call(ops.MountViewer)
    unmount_viewer = Call(ops.UnmountViewer)
    update_viewer = Call(ops.PatchViewer)
    activate_viewer = Call(ops.ActivateViewer)
    stream = Events(ops.StreamWorkspace)


class Interactive(Namespace):
    """Unpublished: workflows that are built while they run."""

    start = Call(ops.StartInteractive)
    add_block = Call(ops.AddInteractiveBlock)
    finish = Call(ops.FinishInteractive)
    state = Call(ops.GetInteractiveState)
    output = Call(ops.GetInteractiveOutput)
    save = Call(ops.SaveInteractive)


class SlackLinks(Namespace):
    """Unpublished: Slack users who are users of the dashboard."""

    confirm = Call(ops.ConfirmSlackLink)
    list = Call(ops.ListSlackLinks)
    delete = Call(ops.DeleteSlackLink)


class GoogleSheets(Namespace):
    """The dashboard's connection to Google Sheets; in the specification, but of use to the dashboard only."""

    status = Call(ops.GetSheetsStatus)
    connect = Call(ops.ConnectSheets)
    disconnect = Call(ops.DisconnectSheets)
    access_token = Call(ops.GetSheetsToken)


class Dashboard(Namespace):
    """The dashboard's own plumbing: unpublished, changed without notice, not needed to use the service."""

    chat = Group(Chat)
    workspaces = Group(Workspaces)
    interactive = Group(Interactive)
    slack_links = Group(SlackLinks)
    google_sheets = Group(GoogleSheets)


class Namespaces:
    """Every operation of the service, in groups."""

    people = Group(People)
    company = Group(Company)
    agents = Group(Agents)
    jobs = Group(Jobs)
    search = Group(Search)
    workflows = Group(Workflows)
    schedules = Group(Schedules)
    storage = Group(Storage)
    account = Group(Account)
    structs = Group(Structs)
    webhooks = Group(Webhooks)
    oauth = Group(OAuth)
    org_chart = Group(OrgChart)
    dashboard = Group(Dashboard)
