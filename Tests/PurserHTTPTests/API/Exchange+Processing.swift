extension Exchange {
    private static let jobs = "/v1/jobs"
    private static let job = "/v1/jobs/{id}"
    private static let jobID = "0192f0c1-2d3e-7abc-8def-00112233aabb"
    private static let address = "/v1/jobs/" + Self.jobID
    private static let warm = "/v1/pipelines/{pipeline}/warm"
    private static let unknown = "/v1/jobs/unknown"
    private static let hello = #"{"pipeline":"copy","inputs":[{"key":"letters/hello.txt"}],"idempotency_key":"k"}"#

    /// Requests about jobs, in this order, where nothing runs what was started.
    static let processing = [
        Exchange("GET", "/v1/pipelines", is: 200),
        Exchange("POST", Self.jobs, Self.jobs, ["X-Operation-Id": Self.jobID], body: Self.hello, is: 202),
        Exchange("POST", Self.jobs, body: Self.hello, is: 202),
        Exchange("POST", Self.jobs, body: #"{"pipeline":"copy","prefix":"letters/","idempotency_key":"k"}"#, is: 409),
        Exchange("POST", Self.jobs, body: #"{"pipeline":"copy"}"#, is: 400),
        Exchange("POST", Self.jobs, body: #"{"pipeline":"none","prefix":""}"#, is: 404),
        Exchange("POST", Self.jobs, body: #"{"pipeline":"missing","prefix":""}"#, is: 409),
        Exchange("POST", Self.jobs, body: String(repeating: " ", count: (2 << 20) + 1), is: 413),
        Exchange("GET", Self.jobs, is: 200),
        Exchange("GET", Self.jobs, "/v1/jobs?state=queued&pipeline=copy&limit=1", is: 200),
        Exchange("GET", Self.jobs, "/v1/jobs?limit=0", is: 400),
        Exchange("POST", "/v1/jobs/plan", body: #"{"count":10}"#, is: 200),
        Exchange("POST", "/v1/jobs/plan", body: #"{"count":0}"#, is: 400),
        Exchange("GET", Self.job, Self.address, is: 200),
        Exchange("GET", Self.job, Self.unknown, is: 404),
        Exchange("GET", Self.job + "/history", Self.address + "/history", is: 200),
        Exchange("GET", Self.job + "/history", Self.address + "/history?limit=x", is: 400),
        Exchange("GET", Self.job + "/report", Self.address + "/report", is: 200),
        Exchange("GET", Self.job + "/report", Self.address + "/report?cursor=x", is: 400),
        Exchange("GET", Self.job + "/report", Self.unknown + "/report", is: 404),
        Exchange("HEAD", Self.job + "/events", Self.address + "/events", is: 200),
        Exchange("DELETE", Self.job, Self.address, is: 202),
        Exchange("DELETE", Self.job, Self.address, is: 409),
        Exchange("DELETE", Self.job, Self.unknown, is: 404),
        Exchange("GET", Self.job + "/events", Self.address + "/events", is: 200),
        Exchange("GET", Self.job + "/events", Self.unknown + "/events", is: 404),
        Exchange("POST", Self.warm, "/v1/pipelines/copy/warm", body: #"{"prefix":"letters/"}"#, is: 200),
        Exchange("POST", Self.warm, "/v1/pipelines/none/warm", is: 404),
        Exchange("POST", Self.warm, "/v1/pipelines/copy/warm", body: #"{"bucket":"No"}"#, is: 400),
        Exchange("POST", Self.warm, "/v1/pipelines/missing/warm", is: 409),
    ]
}
