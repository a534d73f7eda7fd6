"""``client.people``, ``client.search`` …: one line per operation, each with its operation's own signature.

A method that only starts a job is bound with `Start`: it returns a `Job`, its documentation begins with "Start a job",
and it is called ``start_…``, but for ``workflows.run`` and ``search.exclusion_lists.create``, which keep the verbs of
their namespace. Every other method answers in the request; where there is a job too, ``.submit(…)`` starts it. Things
that are stored are handled with ``create``, ``list``, ``get``, ``update`` and ``delete``.

Type checkers and editors read ``namespaces.pyi``; ``python -m tests.surface.stubs`` regenerates it.
"""

from __future__ import annotations

from sixtyfour_async._client.bindings import Call, Either, Events, Group, Namespace, Pages, Start


class People(Namespace):
    """Research people, find and reverse their addresses and numbers."""

    intelligence = Either("PeopleIntelligence")
    start_bulk_intelligence = Start("BulkPeopleIntelligence")
    enrich_lead = Either("EnrichLead")
    find_email = Either("FindEmail")
    find_email_bulk = Either("FindEmailBulk")
    find_phone = Either("FindPhone")
    find_phone_bulk = Either("FindPhoneBulk")
    reverse_email = Either("ReverseEmail")
    reverse_email_bulk = Either("ReverseEmailBulk")
    reverse_phone = Either("ReversePhone")
    reverse_phone_bulk = Either("ReversePhoneBulk")
    enrich_linkedin = Call("EnrichLinkedIn")
    get_linkedin = Call("GetLinkedIn")
    start_verify_age = Start("VerifyAge")
    verify_age_status = Call("GetAgeStatus")
    enrich_dataframe = Call("EnrichDataframe")
    find_email_v2 = Either("FindEmailV2")
    find_email_v2_bulk = Either("FindEmailV2Bulk")
    find_phone_v2 = Either("FindPhoneV2")
    find_phone_v2_bulk = Either("FindPhoneV2Bulk")


class Company(Namespace):
    """Research companies."""

    intelligence = Either("CompanyIntelligence")
    start_bulk_intelligence = Start("BulkCompanyIntelligence")
    enrich_company = Either("EnrichCompany")
    enrich_company_v2 = Either("EnrichCompanyV2")


class Agents(Namespace):
    """Qualify a record against criteria, or research open questions about it."""

    qa = Either("QAAgent")
    research = Either("ResearchAgent")


class Jobs(Namespace):
    """Poll a job by its id."""

    status = Call("GetJobStatus")


class ExclusionLists(Namespace):
    """Saved lists of people or companies that searches leave out."""

    create = Start("CreateExclusionList")
    list = Call("ListExclusionLists")
    get = Call("GetExclusionList")
    delete = Call("DeleteExclusionList")


class History(Namespace):
    """Past searches of the user the key belongs to."""

    list = Pages("ListSearchHistory")
    get = Call("GetPastSearch")
    volume = Call("GetSearchVolume")
    favourite = Call("MarkFavourite")
    delete = Call("DeletePastSearch")
    delete_all = Call("DeleteSearchHistory")


class Search(Namespace):
    """Search people and companies."""

    start_deep_search = Start("DeepSearch")
    status = Call("GetSearchStatus")
    deep_search_status = Call("GetDeepSearchStatus")
    download = Call("DownloadSearch")
    query = Pages("QuerySearch")
    start_export = Start("ExportSearch")
    filter_search = Pages("StartFilterSearch")
    filter_capabilities = Call("GetFilterCapabilities")
    filter_field_values = Call("GetFieldValues")
    autocomplete = Call("Autocomplete")
    limits = Call("GetSearchLimits")
    start_lookalike = Start("Lookalike")
    lookalike_status = Call("GetLookalikeStatus")
    generate_title = Call("GenerateTitle")
    exclusion_lists = Group(ExclusionLists)
    history = Group(History)


class RestWorkflows(Namespace):
    """The REST-style routes that an older third-party reference gives for workflows; unconfirmed."""

    create = Call("PostWorkflow")
    update = Call("PatchWorkflow")
    delete = Call("RemoveWorkflow")


class Workflows(Namespace):
    """Define and run workflows and fetch what they made."""

    create = Call("CreateWorkflow")
    update = Call("UpdateWorkflow")
    delete = Call("DeleteWorkflow")
    list = Call("ListWorkflows")
    get = Call("GetWorkflow")
    blocks = Call("ListBlocks")
    run = Start("RunWorkflow")
    runs = Call("ListRuns")
    live_status = Call("GetLiveStatus")
    download_links = Call("GetDownloadLinks")
    cancel = Call("CancelRun")
    rest = Group(RestWorkflows)


class Schedules(Namespace):
    """Workflows that run by the clock."""

    create = Call("CreateSchedule")
    list = Call("ListSchedules")
    get = Call("GetSchedule")
    update = Call("UpdateSchedule")
    delete = Call("DeleteSchedule")
    disable_bound = Call("DisableBoundSchedules")
    active_counts = Call("CountActiveSchedules")


class Storage(Namespace):
    """Upload files, and refer to them by handle in later calls."""

    upload_csv = Call("UploadCSV")


class Account(Namespace):
    """Credit balance and usage of the account."""

    check_balance = Call("CheckBalance")
    usage = Call("GetUsage")


class Structs(Namespace):
    """Generate a ``struct``, the fields to research, from a description."""

    generate = Call("GenerateStruct")


class SigningSecrets(Namespace):
    """The secret that signs webhooks; administrators only."""

    get = Call("GetSigningSecret")
    create = Call("CreateSigningSecret")
    delete = Call("DeleteSigningSecret")
    roll = Call("RollSigningSecret")


class Webhooks(Namespace):
    """What the service posts to you."""

    signing_secret = Group(SigningSecrets)


class OAuthClients(Namespace):
    """The OAuth clients of an organization and their keys; administrators only."""

    create = Call("CreateOAuthClient")
    list = Call("ListOAuthClients")
    get = Call("GetOAuthClient")
    update = Call("UpdateOAuthClient")
    delete = Call("DeleteOAuthClient")
    add_key = Call("AddOAuthKey")
    keys = Call("ListOAuthKeys")
    revoke_key = Call("RevokeOAuthKey")
    validate_jwks = Call("ValidateJWKS")


class OAuth(Namespace):
    """Tokens instead of a key."""

    metadata = Call("GetOAuthMetadata")
    token = Call("CreateToken")
    clients = Group(OAuthClients)


class OrgChart(Namespace):
    """Org charts, by an older specification; ``company.intelligence`` supersedes them."""

    filter_capabilities = Call("GetOrgChartCapabilities")
    find_people = Call("FindOrgChartPeople")
    full = Call("GetFullOrgChart")


class Chat(Namespace):
    """Unpublished: the dashboard's chat."""

    send = Events("Chat")
    stop = Call("StopChat")
    approve = Call("ApproveInChat")
    create_session = Call("CreateChatSession")
    list_sessions = Call("ListChatSessions")
    get_session = Call("GetChatSession")
    rename_session = Call("RenameChatSession")
    delete_session = Call("DeleteChatSession")
    stream_session = Events("StreamChatSession")
    get_engine = Call("GetChatEngine")
    mark_read = Call("MarkChatRead")
    get_settings = Call("GetChatSettings")
    update_settings = Call("UpdateChatSettings")


class Workspaces(Namespace):
    """Unpublished: the dashboard's workspaces."""

    create = Call("CreateWorkspace")
    get = Call("GetWorkspace")
    mount_viewer = Call("MountViewer")
    unmount_viewer = Call("UnmountViewer")
    update_viewer = Call("PatchViewer")
    activate_viewer = Call("ActivateViewer")
    stream = Events("StreamWorkspace")


class Interactive(Namespace):
    """Unpublished: workflows that are built while they run."""

    start = Call("StartInteractive")
    add_block = Call("AddInteractiveBlock")
    finish = Call("FinishInteractive")
    state = Call("GetInteractiveState")
    output = Call("GetInteractiveOutput")
    save = Call("SaveInteractive")


class SlackLinks(Namespace):
    """Unpublished: Slack users who are users of the dashboard."""

    confirm = Call("ConfirmSlackLink")
    list = Call("ListSlackLinks")
    delete = Call("DeleteSlackLink")


class GoogleSheets(Namespace):
    """The dashboard's connection to Google Sheets; in the specification, but of use to the dashboard only."""

    status = Call("GetSheetsStatus")
    connect = Call("ConnectSheets")
    disconnect = Call("DisconnectSheets")
    access_token = Call("GetSheetsToken")


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
