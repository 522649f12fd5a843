using MudBlazor;

namespace TrainingService.Dashboard.Shell;

/// <summary>Colours and type. Fonts are the system's own: nothing is fetched from elsewhere.</summary>
internal static class Theme
{
    private static readonly string[] s_fonts =
        ["Inter", "ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"];

    public static MudTheme Create()
    {
        var theme = new MudTheme
        {
            PaletteLight = new PaletteLight
            {
                Primary = "#4f46e5",
                Secondary = "#0d9488",
                Info = "#0369a1",
                Success = "#15803d",
                Warning = "#b45309",
                Error = "#be123c",
                Background = "#f6f7f9",
                BackgroundGray = "#eef0f3",
                Surface = "#ffffff",
                AppbarBackground = "#ffffff",
                AppbarText = "#111827",
                TextPrimary = "#111827",
                TextSecondary = "#57606f",
                ActionDefault = "#57606f",
                LinesDefault = "#e4e7ec",
                TableLines = "#eceef2",
                Divider = "#e4e7ec",
                LinesInputs = "#c6ccd6",
                TableHover = "#f6f7fb",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#8f8bff",
                PrimaryContrastText = "#11121a",
                Secondary = "#2dd4bf",
                Info = "#38bdf8",
                Success = "#4ade80",
                Warning = "#fbbf24",
                Error = "#fb7185",
                ErrorContrastText = "#1b0a0e",
                Background = "#0d1017",
                BackgroundGray = "#1d2432",
                Surface = "#151a24",
                AppbarBackground = "#11151e",
                AppbarText = "#e7eaf0",
                DrawerBackground = "#11151e",
                TextPrimary = "#e7eaf0",
                TextSecondary = "#98a2b3",
                ActionDefault = "#98a2b3",
                LinesDefault = "#242b38",
                TableLines = "#202634",
                Divider = "#242b38",
                LinesInputs = "#3a4353",
                TableHover = "#1a202c",
            },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", AppbarHeight = "60px" },
        };
        theme.Typography.Default.FontFamily = s_fonts;
        theme.Typography.Default.FontSize = "0.9375rem";
        theme.Typography.Default.LetterSpacing = "normal";
        theme.Typography.Button.TextTransform = "none";
        theme.Typography.Button.FontWeight = "600";
        theme.Typography.Button.LetterSpacing = "normal";
        theme.Typography.Button.FontFamily = s_fonts;
        return theme;
    }
}
