using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using static Microsoft.Playwright.Assertions;

namespace TrainingService.EndToEnd.Tests;

public sealed class DashboardTests : IClassFixture<DashboardFixture>
{
    private readonly DashboardFixture _dashboard;

    public DashboardTests(DashboardFixture dashboard)
    {
        SetDefaultExpectTimeout(Visit.Patience);
        _dashboard = dashboard;
    }

    [Fact]
    public async Task A_job_appears_is_watched_and_its_model_is_downloaded()
    {
        const int epochs = 6;
        await using var visit = await _dashboard.OpenAsync("/");
        await Expect(visit["connection-state"]).ToContainTextAsync("Live");

        var job = await _dashboard.SubmitAsync("watched", epochs, "story");
        await Expect(visit.Row(job.Id)).ToBeVisibleAsync();
        await visit.Row(job.Id).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex($"/jobs/{job.Id}$"));
        await Expect(visit["chart-loss"]).ToBeVisibleAsync();
        await RecordPointsAsync(visit.Page);

        await Expect(visit.Page.Locator("[data-testid=epoch-row][data-epoch=\"2\"]")).ToBeVisibleAsync();
        await visit.ShotAsync("job-running-light");
        await Expect(visit["chart-loss"]).ToHaveAttributeAsync("data-points", $"{epochs}");
        await Expect(visit["chart-accuracy"]).ToHaveAttributeAsync("data-points", $"{epochs}");
        await Expect(visit["job-status"]).ToHaveAttributeAsync("data-status", "succeeded");
        await Expect(visit["epoch-row"]).ToHaveCountAsync(epochs);
        await Expect(visit.Page.Locator("[data-testid=chart-loss] canvas")).ToBeVisibleAsync();
        await Expect(visit["log-line"].Filter(new() { HasText = "succeeded" })).ToHaveCountAsync(1);
        await Expect(visit["cancel-button"]).ToHaveCountAsync(0);

        var seen = await visit.Page.EvaluateAsync<int[]>("() => window.seenPoints");
        Assert.True(seen.Length >= 3, $"The curve came at once, not bit by bit: {string.Join(", ", seen)}.");
        Assert.Equal(seen.Order(), seen);

        await AssertDownloadAsync(visit, job.Id, "model.safetensors");
        await visit.ShotAsync("job-succeeded-light");
        await visit.OpenAsync("/");
        await Expect(visit.Row(job.Id).GetByTestId("job-status")).ToHaveAttributeAsync("data-status", "succeeded");
        await visit.ShotAsync("jobs-light");
        visit.AssertClean();
    }

    [Fact]
    public async Task Every_page_comes_back_after_a_hard_reload()
    {
        var job = await _dashboard.FinishedAsync();
        await using var visit = await _dashboard.OpenAsync("/");
        foreach (var (path, shown) in new[]
        {
            ("/jobs?status=succeeded", "jobs-table"), ($"/jobs/new?from={job.Id}", "job-editor"), ("/datasets", "dataset-card"),
            ($"/jobs/{job.Id}", "epochs-table"),
        })
        {
            await visit.OpenAsync(path);
            await Expect(visit[shown].First).ToBeVisibleAsync();
        }
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(job.Name);
        await Expect(visit["job-status"]).ToHaveAttributeAsync("data-status", "succeeded");
        await Expect(visit["chart-loss"]).ToHaveAttributeAsync("data-points", "2");
        await Expect(visit["artifact-link"].Filter(new() { HasText = "model.safetensors" })).ToBeVisibleAsync();
        await visit["model-summary"].Locator("summary").ClickAsync();
        await Expect(visit["model-summary"]).ToContainTextAsync("225,034");
        await visit["spec"].Locator("summary").ClickAsync();
        await Expect(visit["spec"]).ToContainTextAsync("\"learning_rate\": 0.001");
        visit.AssertClean();
    }

    [Fact]
    public async Task A_long_job_is_cancelled_after_a_question()
    {
        var ct = TestContext.Current.CancellationToken;
        var job = await _dashboard.SubmitAsync("too long", 10_000);
        await foreach (var jobEvent in _dashboard.Service.Client.Jobs.EventsAsync(job.Id, cancellationToken: ct))
        {
            if (jobEvent.Type == EventTypes.EpochEnd)
                break;
        }
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await Expect(visit["epoch-row"].First).ToBeVisibleAsync();
        Assert.Equal(1, await LeftEndAsync(visit.Page));

        await visit["cancel-button"].ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Keep training" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Null((await _dashboard.Service.Client.Jobs.GetAsync(job.Id, ct)).Requested);

        await visit["cancel-button"].ClickAsync();
        await visit.ShotAsync("cancel-question", fullPage: false);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }).ClickAsync();
        await Expect(visit["job-status"]).ToHaveAttributeAsync("data-status", "cancelled");
        await Expect(visit["cancel-button"]).ToHaveCountAsync(0);
        Assert.Equal(JobStatus.Cancelled, (await _dashboard.Service.Client.Jobs.GetAsync(job.Id, ct)).Status);
        visit.AssertClean();
    }

    [Fact]
    public async Task A_lost_connection_is_told_and_the_page_goes_on_by_itself()
    {
        var ct = TestContext.Current.CancellationToken;
        var job = await _dashboard.SubmitAsync("outlives the server", 10_000);
        await using var visit = await _dashboard.OpenAsync($"/jobs/{job.Id}");
        await Expect(visit["epoch-row"].First).ToBeVisibleAsync();

        var restart = _dashboard.Service.KillAndRestartAsync(ct);
        await Expect(visit["connection-banner"]).ToBeVisibleAsync();
        await visit.ShotAsync("connection-lost", fullPage: false);
        await restart;
        await Expect(visit["connection-banner"]).ToHaveCountAsync(0);
        await Expect(visit["connection-state"]).ToContainTextAsync("Live");

        // What ends after this instant can only have come over the new connection.
        var stored = (await _dashboard.Service.Client.Jobs.GetAsync(job.Id, ct)).Epoch;
        await Expect(visit.Page.Locator($"[data-testid=epoch-row][data-epoch=\"{stored + 1}\"]")).ToBeVisibleAsync();
        await _dashboard.Service.Client.Jobs.CancelAsync(job.Id, ct);
        await Expect(visit["job-status"]).ToHaveAttributeAsync("data-status", "cancelled");
        visit.AssertClean(networkErrors: true);
    }

    [Fact]
    public async Task A_phone_shows_every_page_without_scrolling_sideways()
    {
        var job = await _dashboard.FinishedAsync();
        await using var visit = await _dashboard.OpenAsync("/", phone: true);
        foreach (var (path, shown) in new[]
        {
            ("/", "jobs-table"), ($"/jobs/{job.Id}", "epochs-table"), ("/jobs/new", "job-editor"), ("/datasets", "dataset-card"), ("/workers", "worker-card"),
        })
        {
            await visit.OpenAsync(path);
            await Expect(visit[shown].First).ToBeVisibleAsync();
            await visit.ShotAsync($"phone-light-{shown}");
            Assert.True(await visit.OverflowAsync() <= 0, $"{path} is {await visit.OverflowAsync()} pixels wider than the screen.");
        }
        await visit["theme-toggle"].ClickAsync();
        await visit.OpenAsync($"/jobs/{job.Id}");
        await Expect(visit["artifact-link"].First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("[data-testid=chart-loss] canvas")).ToBeVisibleAsync();
        await visit.ShotAsync("phone-dark-job");
        visit.AssertClean();
    }

    [Fact]
    public async Task The_chosen_theme_survives_a_reload()
    {
        await using var visit = await _dashboard.OpenAsync("/jobs/new");
        await Expect(visit["job-editor"]).ToBeVisibleAsync();
        var light = await visit.BackgroundAsync();

        await visit["theme-toggle"].ClickAsync();
        await Expect(visit.Page.Locator("body")).Not.ToHaveCSSAsync("background-color", light);
        var dark = await visit.BackgroundAsync();
        await visit.Page.ReloadAsync();
        await Expect(visit["job-editor"]).ToBeVisibleAsync();
        Assert.Equal(dark, await visit.BackgroundAsync());
        await visit.ShotAsync("new-job-dark");

        await visit["theme-toggle"].ClickAsync();
        await Expect(visit.Page.Locator("body")).ToHaveCSSAsync("background-color", light);
        visit.AssertClean();
    }

    [Fact]
    public async Task A_wrong_job_is_explained_where_it_is_wrong()
    {
        await using var visit = await _dashboard.OpenAsync("/");
        await visit["new-job-link"].ClickAsync();
        var text = DashboardFixture.Job("wrong", 1).ToJsonString();
        await visit["job-editor"].FillAsync(text.Replace("\"optimizer\"", "\"optimzer\"", StringComparison.Ordinal));
        await visit["validate-button"].ClickAsync();

        await Expect(visit["violation"]).ToHaveCountAsync(1);
        await Expect(visit["violation"].Locator(".pointer")).ToContainTextAsync("/compile/optimzer");
        await Expect(visit["violation"].Locator(".hint")).ToContainTextAsync("optimizer");
        await visit.ShotAsync("violation");

        await visit["job-editor"].FillAsync(text);
        await visit["validate-button"].ClickAsync();
        await Expect(visit["valid"]).ToContainTextAsync("225,034");
        await Expect(visit["violations"]).ToHaveCountAsync(0);
        visit.AssertClean(networkErrors: true);
    }

    [Fact]
    public async Task Markup_in_a_name_and_a_tag_is_text()
    {
        var job = await _dashboard.FinishedAsync();
        await using var visit = await _dashboard.OpenAsync("/");
        await Expect(visit.Row(job.Id).Locator(".job-name a")).ToHaveTextAsync(job.Name);
        await Expect(visit.Row(job.Id).Locator(".tag").First).ToHaveTextAsync(DashboardFixture.Hostile);

        await visit.Row(job.Id).ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(job.Name);
        await Expect(visit.Page).ToHaveTitleAsync(job.Name);
        await visit["spec"].Locator("summary").ClickAsync();
        await Expect(visit["spec"]).ToContainTextAsync(DashboardFixture.Hostile);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = DashboardFixture.Hostile, Exact = true }).ClickAsync();
        await Expect(visit["job-row"]).ToHaveCountAsync(1);
        await Expect(visit.Row(job.Id)).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("img")).ToHaveCountAsync(0);
        visit.AssertClean();
    }

    /// <summary>Keeps every number of points that the curve of the loss has had.</summary>
    private static Task RecordPointsAsync(IPage page) => page.EvaluateAsync(
        """
        () => {
            const chart = document.querySelector("[data-testid=chart-loss]");
            window.seenPoints = [Number(chart.dataset.points)];
            new MutationObserver(() => window.seenPoints.push(Number(chart.dataset.points)))
                .observe(chart, { attributes: true, attributeFilter: ["data-points"] });
        }
        """);

    /// <summary>Where the axis of the loss begins, once there is a running mean; whoever comes late has none of the first epochs.</summary>
    private static async Task<int> LeftEndAsync(IPage page)
    {
        const string chart = "echarts.getInstanceByDom(document.querySelector('[data-testid=chart-loss] .chart'))";
        await page.WaitForFunctionAsync($"() => window.echarts && {chart}?.getOption()?.series?.find(series => series.id === 'running')?.data.length > 0");
        return await page.EvaluateAsync<int>($"() => {chart}.getOption().xAxis[0].min");
    }

    private async Task AssertDownloadAsync(Visit visit, Guid job, string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var listed = Assert.Single(await _dashboard.Service.Client.Jobs.ArtifactsAsync(job, ct), artifact => artifact.Name == name);
        var link = visit["artifact-link"].Filter(new() { HasText = name });
        await Expect(link).ToHaveAttributeAsync("title", $"SHA-256 {listed.Sha256}");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.Equal(name, download.SuggestedFilename);
        await using var file = File.OpenRead(await download.PathAsync());
        Assert.Equal(listed.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct)));
    }
}
