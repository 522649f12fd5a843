using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TrainingService.Contracts.Jobs;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

/// <summary>One running service and one Chromium for all stories; neither is started where there is no Chromium.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    /// <summary>Would open a dialog wherever it were taken for markup.</summary>
    public const string Hostile = "<img src=x onerror=alert(1)>";

    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServiceProcess? _service;
    private Task<JobResponse>? _finished;

    public ServiceProcess Service
    {
        get
        {
            Needs.File(Chromium, "chromium");
            return _service ?? throw new InvalidOperationException("The service was not started.");
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Needs.IsThere(Chromium))
            return; // a fixture cannot skip its tests; each of them does when it opens a page
        _service = await ServiceProcess.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_service is not null)
            await _service.DisposeAsync();
    }

    /// <summary>A new browser profile with one page, on a desktop's or a phone's screen.</summary>
    public async Task<Visit> OpenAsync(string path, bool phone = false)
    {
        Needs.File(Chromium, "chromium");
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = Service.Address.ToString(),
            ColorScheme = ColorScheme.Light,
            ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 900 },
            IsMobile = phone,
            HasTouch = phone,
        });
        context.SetDefaultTimeout(Visit.Patience);
        var visit = new Visit(await context.NewPageAsync(), Service.Address);
        await visit.Page.GotoAsync(path);
        return visit;
    }

    public Task<JobResponse> SubmitAsync(string name, int epochs, params string[] tags) =>
        Service.Client.Jobs.SubmitAsync(Job(name, epochs, tags).ToJsonString(), TestContext.Current.CancellationToken);

    /// <summary>A job that has succeeded, for stories that only look at one. Its name and its tags are the worst to show.</summary>
    public Task<JobResponse> FinishedAsync() => _finished ??= FinishAsync();

    /// <summary>The quick example on 2,000 rows, evaluated on 1,000, without the callbacks that could end it early.</summary>
    public static JsonObject Job(string name, int epochs, params string[] tags)
    {
        var job = JsonNode.Parse(File.ReadAllText(Repository.Example("mnist-quick.json")))!.AsObject();
        var steps = job["data"]!["train"]!["pipeline"]!.AsArray();
        steps[0]!["take"]!["count"] = 2_000;
        var evaluation = new JsonArray([.. steps.Where(step => step!["shuffle"] is null).Select(step => step!.DeepClone())]);
        evaluation[0]!["take"]!["count"] = 1_000;
        job["data"]!["validation"]!["pipeline"] = evaluation;
        job["data"]!["test"]!["pipeline"] = evaluation.DeepClone();
        job["fit"] = new JsonObject { ["epochs"] = epochs };
        job["name"] = name;
        job["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]);
        return job;
    }

    private async Task<JobResponse> FinishAsync()
    {
        var job = await SubmitAsync($"{Hostile}_a_name_without_a_gap_that_is_wider_than_a_phone", 2, Hostile, new string('t', 60));
        job = await Service.Client.Jobs.WaitAsync(job.Id, TestContext.Current.CancellationToken);
        Assert.Equal(JobStatus.Succeeded, job.Status);
        return job;
    }
}
