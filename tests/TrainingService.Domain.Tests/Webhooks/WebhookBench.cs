using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Webhooks;

namespace TrainingService.Domain.Tests.Webhooks;

/// <summary>A job with a RemoteMonitor, and a sender whose clock the test moves.</summary>
internal sealed class WebhookBench(DomainFixture domain, WebhookOptions options) : IDisposable
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly ManualTime _time = new();
    private readonly List<WebhookSender> _senders = [];

    public static WebhookBench For(DomainFixture domain, Receiver receiver) => new(domain, OptionsFor(receiver.Port));

    public static WebhookOptions OptionsFor(int port, TimeSpan? timeout = null) =>
        new() { AllowedHosts = [$"127.0.0.1:{port}"], Secret = "whsec_" + Convert.ToBase64String(Key), Timeout = timeout ?? TimeSpan.FromSeconds(15) };

    public WebhookSender Sender()
    {
        var wrapped = Options.Create(options);
        _senders.Add(new WebhookSender(domain.Database, new WebhookPolicy(wrapped), wrapped, _time, NullLogger<WebhookSender>.Instance));
        return _senders[^1];
    }

    public void Advance(TimeSpan time) => _time.Now += time;

    /// <summary>A running job that has finished some epochs.</summary>
    public async Task<Claim> JobAsync(RemoteMonitor monitor, int epochs, CancellationToken ct)
    {
        var submission = DomainFixture.ReadExample();
        var fit = submission.Spec.Fit ?? new FitSpec();
        var id = await domain.Store.AddAsync(submission with { Spec = submission.Spec with { Fit = fit with { Callbacks = [monitor] } } }, ct);
        var claim = await domain.ClaimAsync(id, ct);
        for (var epoch = 1; epoch <= epochs; epoch++)
            await EpochAsync(claim, epoch, ct);
        return claim;
    }

    public async Task EpochAsync(Claim claim, int epoch, CancellationToken ct)
    {
        var end = new EpochEndEvent(epoch, 10, new Dictionary<string, double?> { ["loss"] = 1.0 / epoch, ["accuracy"] = null }, new Dictionary<string, string> { ["accuracy"] = "nan" }, 1, 1, 0, 0, DateTimeOffset.UtcNow);
        Assert.True(await domain.Store.TryAppendAsync(
            claim.JobId, claim.Attempt, [new NewEvent(EventTypes.EpochEnd, JsonSerializer.SerializeToElement(end, ContractsJson.Options))], new JobUpdate(Epoch: epoch), ct));
    }

    public async Task<Webhook> RowAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = domain.OpenDb();
        return await db.Webhooks.AsNoTracking().SingleAsync(webhook => webhook.JobId == jobId, ct);
    }

    public void Dispose() => _senders.ForEach(sender => sender.Dispose());

    private sealed class ManualTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow.AddSeconds(10);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
