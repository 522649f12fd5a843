using System.Net.Http.Headers;
using System.Net.ServerSentEvents;

namespace TrainingService.Api.Tests.Events;

public sealed class EventsApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stored_events_come_in_pages_without_gaps()
    {
        var run = await service.StartAsync(); // queued, running
        for (var i = 0; i < 5; i++)
            await run.LogAsync($"line {i}");

        var first = await PageAsync(run.Id, "?limit=3");
        Assert.Equal([1L, 2L, 3L], first.Items.Select(e => e.Seq!.Value));
        Assert.Equal("3", first.NextCursor);
        var rest = await PageAsync(run.Id, $"?after={first.NextCursor}");
        Assert.Equal([4L, 5L, 6L, 7L], rest.Items.Select(e => e.Seq!.Value));
        Assert.Null(rest.NextCursor);
        Assert.Equal([EventTypes.Status, EventTypes.Status, EventTypes.Log], first.Items.Select(e => e.Type));
        Assert.All(rest.Items, e => Assert.Equal((run.Id, 1), (e.JobId, e.Attempt)));
        Assert.Empty((await PageAsync(run.Id, "?after=7")).Items);
    }

    [Theory]
    [InlineData("?after=-1", "?after")]
    [InlineData("?after=x", "?after")]
    [InlineData("?limit=0", "?limit")]
    [InlineData("?limit=1001", "?limit")]
    public async Task Wrong_parameters_are_named(string query, string pointer)
    {
        var id = await service.AddAsync();
        var problem = await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/jobs/{id}/events{query}", Ct), HttpStatusCode.BadRequest);
        Assert.Equal(pointer, Assert.Single(problem.Errors!).Pointer);
    }

    [Fact]
    public async Task The_stream_has_the_stored_events_then_the_live_ones_and_ends_after_the_terminal_one()
    {
        var run = await service.StartAsync();
        await using var stream = await StreamAsync(run.Id, lastEventId: null);

        Assert.Equal(("1", EventTypes.Status), await stream.NextAsync());
        Assert.Equal(("2", EventTypes.Status), await stream.NextAsync());
        await run.LogAsync("hello");
        Assert.Equal(("3", EventTypes.Log), await stream.NextAsync());
        Assert.Equal("hello", stream.Data.GetProperty("data").GetProperty("message").GetString());
        Assert.Equal(3, stream.Data.GetProperty("seq").GetInt64());
        await run.FinishAsync();
        Assert.Equal(("4", EventTypes.Terminal), await stream.NextAsync());
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task A_stream_resumes_after_the_last_event_that_the_reader_has()
    {
        var run = await service.StartAsync();
        await run.LogAsync("a");
        await using (var first = await StreamAsync(run.Id, lastEventId: null))
        {
            Assert.Equal("1", (await first.NextAsync())?.Id);
            Assert.Equal("2", (await first.NextAsync())?.Id);
        }
        await run.LogAsync("b");

        await using var second = await StreamAsync(run.Id, lastEventId: "2");

        Assert.Equal("3", (await second.NextAsync())?.Id);
        Assert.Equal("4", (await second.NextAsync())?.Id);
        await run.FinishAsync();
        Assert.Equal(("5", EventTypes.Terminal), await second.NextAsync());
    }

    [Fact]
    public async Task Progress_is_in_the_stream_without_a_number()
    {
        var run = await service.StartAsync();
        await using var stream = await StreamAsync(run.Id, lastEventId: "2");
        await run.LogAsync("the stream is live");
        Assert.Equal("3", (await stream.NextAsync())?.Id);

        run.Progress(step: 7);

        // The id of an event without one is the last event's, as EventSource keeps it.
        Assert.Equal(EventTypes.Progress, (await stream.NextAsync())?.Type);
        Assert.Equal(JsonValueKind.Null, stream.Data.GetProperty("seq").ValueKind);
        Assert.Equal(7, stream.Data.GetProperty("data").GetProperty("step").GetInt64());
    }

    [Fact]
    public async Task A_reader_who_has_everything_of_an_ended_job_is_told_not_to_come_back()
    {
        var run = await service.StartAsync();
        await run.FinishAsync();
        using var request = Request(run.Id, lastEventId: "3");
        using var response = await service.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task A_wrong_last_event_id_is_refused()
    {
        using var request = Request(await service.AddAsync(), lastEventId: "last");
        var problem = await ServiceFixture.ProblemAsync(await service.Http.SendAsync(request, Ct), HttpStatusCode.BadRequest);
        Assert.Equal("Last-Event-ID", Assert.Single(problem.Errors!).Pointer);
    }

    [Fact]
    public async Task Logs_are_lines_of_text_whatever_a_program_printed()
    {
        var run = await service.StartAsync();
        await run.LogAsync("Epoch 1/10");
        await run.EpochAsync(1, 0.5);
        await run.LogAsync("two\nlines \u001b[31m", "warning");

        var text = await service.Http.GetStringAsync($"/v1/jobs/{run.Id}/logs", Ct);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Matches("^[0-9T:.-]+Z info    Epoch 1/10$", lines[0]);
        Assert.EndsWith("warning two lines  [31m", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Epoch", await service.Http.GetStringAsync($"/v1/jobs/{run.Id}/logs?after=3", Ct), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Request(Guid id, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{id}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return request;
    }

    private async Task<SseReader> StreamAsync(Guid id, string? lastEventId)
    {
        using var request = Request(id, lastEventId);
        var response = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new SseReader(response, await response.Content.ReadAsStreamAsync(Ct));
    }

    private Task<Page<JobEvent>> PageAsync(Guid id, string query) => service.GetAsync<Page<JobEvent>>($"/v1/jobs/{id}/events{query}");

    private sealed class SseReader(HttpResponseMessage response, Stream body) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(body).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);

        public JsonElement Data { get; private set; }

        public async Task<(string? Id, string Type)?> NextAsync()
        {
            if (!await _items.MoveNextAsync())
                return null;
            Data = JsonSerializer.Deserialize<JsonElement>(_items.Current.Data);
            return (_items.Current.EventId, _items.Current.EventType);
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            await body.DisposeAsync();
        }
    }
}
