using System.Collections.Concurrent;
using Npgsql;
using TrainingService.Testing;

namespace TrainingService.Api.Tests.Events;

public sealed class ApiCrashTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const int Submits = 200;
    private const int Subscriptions = 200;
    private const int Jobs = 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F06_an_Api_killed_amid_submits_and_subscriptions_loses_and_doubles_nothing()
    {
        var storage = Directory.CreateTempSubdirectory("training-api-");
        await using var api = await ApiProcess.StartAsync(service.ConnectionString, storage.FullName, Ct);
        var client = Ledger.Client(api.Address);
        var runs = new List<Run>();
        for (var job = 0; job < Jobs; job++)
            runs.Add(await service.StartAsync());
        var ledgers = Enumerable.Range(0, Subscriptions).Select(number => new Ledger(client, runs[number % Jobs].Id)).ToList();
        var following = ledgers.ConvertAll(ledger => ledger.FollowAsync(Ct));

        var accepted = new ConcurrentBag<(string Key, Guid Id)>();
        var killed = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var kills = 0;
        using var http = new HttpClient { BaseAddress = api.Address };
        // Half of them are on their way when it dies, at an answer to one of them; the others find nobody.
        var submitting = Enumerable.Range(0, Submits).Select(async number =>
        {
            if (number >= Submits / 2)
                await killed.Task;
            await SubmitAsync(http, $"submit-{number}", (key, id) =>
            {
                accepted.Add((key, id));
                if (accepted.Count < Submits / 8 || Interlocked.Exchange(ref kills, 1) != 0)
                    return;
                api.Kill();
                killed.TrySetResult(accepted.Count);
            });
        }).ToList();
        var writing = runs.ConvertAll(async run =>
        {
            for (var i = 0; i < 100; i++)
                await run.LogAsync($"{i}");
        });

        var before = await killed.Task.WaitAsync(TimeSpan.FromMinutes(2), Ct);
        await api.KillAsync(Ct);
        Assert.InRange(before, Submits / 8, Submits / 2);
        await api.RestartAsync(Ct);
        await Task.WhenAll([.. submitting, .. writing]).WaitAsync(TimeSpan.FromMinutes(2), Ct);
        foreach (var run in runs)
            await run.FinishAsync();
        await Task.WhenAll(following).WaitAsync(TimeSpan.FromMinutes(2), Ct);

        var stored = await StoredAsync();
        Assert.Equal(Submits, stored.Count);
        Assert.All(accepted, answer => Assert.Equal(stored[answer.Key], answer.Id));
        foreach (var ledger in ledgers)
            await ledger.CheckAsync(service.Store, Ct);
        storage.Delete(recursive: true);
    }

    /// <summary>As a careful submitter does: the same key until there is an answer.</summary>
    private static async Task SubmitAsync(HttpClient http, string key, Action<string, Guid> onAccepted)
    {
        var body = ServiceFixture.Job(("/name", key)).ToJsonString();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new StringContent(body, null, "application/json"), Headers = { { "Idempotency-Key", key } } };
                using var response = await http.SendAsync(request, Ct);
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                    continue;
                Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode} {await response.Content.ReadAsStringAsync(Ct)}");
                onAccepted(key, JsonSerializer.Deserialize<JobResponse>(await response.Content.ReadAsStringAsync(Ct), TrainingService.Contracts.Json.ContractsJson.Options)!.Id);
                return;
            }
            catch (HttpRequestException)
            {
                // Unknown whether it was taken: once more with the same key.
            }
        }
        while (await timer.WaitForNextTickAsync(Ct));
    }

    private async Task<Dictionary<string, Guid>> StoredAsync()
    {
        await using var database = NpgsqlDataSource.Create(service.ConnectionString);
        await using var command = database.CreateCommand("SELECT name, id FROM jobs WHERE name LIKE 'submit-%'");
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var stored = new Dictionary<string, Guid>();
        while (await reader.ReadAsync(Ct))
            stored.Add(reader.GetString(0), reader.GetGuid(1)); // a second job of one name throws
        return stored;
    }
}
