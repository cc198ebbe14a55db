extension Exchange {
    private static let runs = "/v1/optimizer/runs"

    /// Requests about the optimizer, in this order, where nothing does what was started.
    static let optimizer = [
        Exchange("GET", Self.runs, is: 200),
        Exchange("POST", Self.runs, body: #"{"strategies":["magic"]}"#, is: 400),
        Exchange("POST", Self.runs, body: "[]", is: 400),
        Exchange("POST", Self.runs, body: String(repeating: " ", count: 20_000), is: 413),
        Exchange("POST", Self.runs, body: #"{"dry_run":true}"#, is: 202),
        Exchange("POST", Self.runs, is: 409),
        Exchange("GET", Self.runs, "/v1/optimizer/runs?limit=1", is: 200),
        Exchange("GET", Self.runs, "/v1/optimizer/runs?limit=0", is: 400),
        Exchange("GET", Self.runs + "/{id}", "/v1/optimizer/runs/unknown", is: 404),
        Exchange("GET", Self.runs + "/{id}/removals", "/v1/optimizer/runs/unknown/removals", is: 404),
        Exchange("GET", "/v1/optimizer/stats", is: 200),
        Exchange("GET", "/v1/optimizer/duplicates", is: 200),
        Exchange("GET", "/v1/optimizer/duplicates", "/v1/optimizer/duplicates?cursor=x", is: 400),
    ]
}
